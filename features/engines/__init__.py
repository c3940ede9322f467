"""The engines that run a compiled plan: DuckDB embedded by default, Spark when data outgrow a machine."""
