"""What is known of a contract before anything is sent: its code, its methods, and the form of their arguments."""
