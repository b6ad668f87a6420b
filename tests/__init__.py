"""Tests: one file a module, sentences for names, small real doubles."""
