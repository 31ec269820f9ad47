"""What the tests of one folder share: a module for each of them."""
