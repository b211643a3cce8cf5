"""Single sign-on with OpenID Connect: people who are known already come in through a provider their municipality trusts."""
