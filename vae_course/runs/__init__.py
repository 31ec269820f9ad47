"""What the commands train, evaluate, figures and ship do with run folders, a module each."""
