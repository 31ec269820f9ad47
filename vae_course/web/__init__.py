"""What runs in the browser: the engine (engine/, JavaScript) and the parts of a model that it fetches."""
