"""Of two coupons that one person was given under two names, both stay good after a merge."""
