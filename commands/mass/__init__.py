"""The verbs about mass messages 企业群发: made, listed, shown, reminded of, taken back."""
