"""Trials of samsweep, computed a second time in Python from what a result says: its seed, its text and its cells.

Nothing here is read from the program but the result file. Random numbers are those of `philox`, expressions those of `syntax`
and `evaluation`, derivatives those of the library autograd. Each module says which page of the documentation it follows.
"""
