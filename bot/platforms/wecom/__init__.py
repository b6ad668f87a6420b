"""WeCom (企业微信): customer contacts, customer groups and our own app."""
