"""Acquisition links (获客链接): made for employees, counted, changed and removed."""
