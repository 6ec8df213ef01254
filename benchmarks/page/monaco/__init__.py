"""A page with Monaco alone: what ours is compared with. No part of the product."""
