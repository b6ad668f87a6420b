"""Compares our codec and parser with wechatpy's on generated messages."""
