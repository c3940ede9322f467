"""The portal: pages that a person reads, rendered on the server, without scripts."""
