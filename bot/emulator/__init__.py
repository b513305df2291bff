"""A local Discord on loopback: REST, gateway and web page. It knows nothing of quizzes."""
