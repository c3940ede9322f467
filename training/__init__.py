"""Training: data sets, fitting, validation, MLflow and promotion. Never imports serving."""
