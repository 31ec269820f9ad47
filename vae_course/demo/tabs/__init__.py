"""The tabs of the demo, a folder each."""
