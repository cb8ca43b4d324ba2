"""The statements of the log, one file each; `shared.log.sql` reads them."""
