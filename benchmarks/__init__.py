"""Measurements as ratios, side by side in one run: `make bench`. Absolute figures belong to the machine they ran on."""
