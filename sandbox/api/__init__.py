"""The run API over HTTP; CONTRACT: bodies, answers and refusals of each endpoint."""
