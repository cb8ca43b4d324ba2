"""Import of workbooks into a service: drafts kept sealed, dry run and commit by the same code, progress, revocation, and their routes."""
