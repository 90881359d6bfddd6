"""Pure rules of catalogue: values in, values out."""
