"""Amazon Cognito on a laptop: a user pool of moto's, and the hosted sign-in in front of it."""
