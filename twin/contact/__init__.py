"""客户联系: employees and their customers, codes, labels, welcomes, links, mass-send tasks."""
