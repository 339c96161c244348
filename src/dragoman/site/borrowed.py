"""What Django and allauth say to readers, translated in our catalogues too: in our words, and in every language.

Their own catalogues mix tones ("usted" beside our "tú", European beside Brazilian Portuguese) and lack sentences.
"""

ALLAUTH: tuple[str | tuple[str, str], ...] = (
    "A user is already registered with this email address.",
    "Be patient, you are sending too many requests.",
    "Code",
    "Current Password",
    "Email",
    "Email address",
    "Forgot your password?",
    "Incorrect code.",
    "Incorrect password.",
    "Invalid or expired key.",
    "New Password",
    "New Password (again)",
    "Password",
    "Password (again)",
    "Please type your current password.",
    "The email address and/or password you specified are not correct.",
    "The email address is not assigned to any user account.",
    "The new value must be different from the current one.",
    "The password reset token was invalid.",
    "This account is currently inactive.",
    "This email address is already associated with this account.",
    "Too many failed login attempts. Try again later.",
    "You cannot add more than %d email addresses.",
    "You cannot remove your primary email address.",
    "You must type the same password each time.",
    "Your primary email address must be verified.",
)
DJANGO: tuple[str | tuple[str, str], ...] = (
    "Enter a valid email address.",
    (
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    "Null characters are not allowed.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "The password is too similar to the %(verbose_name)s.",
    "This field is required.",
    "This password is too common.",
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    (
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    "Your password can’t be a commonly used password.",
    "Your password can’t be too similar to your other personal information.",
)
