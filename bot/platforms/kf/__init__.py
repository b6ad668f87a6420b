"""WeChat customer service in WeCom, 微信客服."""
