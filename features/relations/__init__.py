"""Relations of subjects as of a day: control, shared key persons and guarantees become groups."""
