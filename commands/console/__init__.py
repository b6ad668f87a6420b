"""What an Official Account's console holds, looked at, pushed and brought over."""
