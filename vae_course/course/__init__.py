"""Building the notebooks: solutions/NN-name.py -> solutions/{es,en}/NN-name/ and lessons/{es,en}/NN-name/."""
