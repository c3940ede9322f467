"""One file per migration, in order; a migration that has run is never edited."""
