"""Who is told what: on the site and by e-mail, each in their own language. Rows and jobs hold ids only."""
