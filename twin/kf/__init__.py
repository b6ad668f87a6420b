"""Customer service 微信客服: accounts, sessions, the log that is pulled, what is sent."""
