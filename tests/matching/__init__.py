"""Measures how well rules find what customers mean, by messages that people labelled."""
