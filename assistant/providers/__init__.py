"""The services that answer, each in a file of its own that can be deleted whole."""
