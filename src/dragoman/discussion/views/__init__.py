"""Pages and fragments of the discussion. Fragments are public and have addresses of their own; forms are personal."""
