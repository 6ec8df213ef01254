"""How quick a workspace's page is, beside one that has Monaco alone."""
