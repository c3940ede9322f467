"""`xinqiao fit`: models of any analyst's table, fitted and compared side by side."""
