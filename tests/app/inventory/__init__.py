"""Tests of the pages about what stands at schools."""
