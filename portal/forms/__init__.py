"""WTForms classes: shape and wording of input. No SQL, no service, no permission."""
