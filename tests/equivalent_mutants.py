"""Mutants of references that no claim can tell from the reference, each with the reason why.

`tests/test_mutants.py` holds the list exact: a mutant neither killed nor listed fails, and so does one both
listed and killed.
"""

EQUIVALENT = {
    "fit_standardizer": {
        "line 1: np.max → np.min; line 1: np.min → np.max": "equality does not ask which side is which",
    },
    "verdict": {
        "; ".join(["line 1: not error <= 0.01 → not not error <= 0.01"] * 2): "turned round twice",
    },
    "gradient_noise_scale": {
        "line 1: b_big - b_small → b_big + b_small; "
        "line 2: 1 / b_small - 1 / b_big → 1 / b_small + 1 / b_big": "their quotient is b·B in either case",
    },
    "exponential_decay": {
        "line 1: lr0 * np.exp(-k * t) → lr0 / np.exp(-k * t); line 1: -k → +k": "1 / exp(kt) is exp(−kt)",
    },
    "power_iteration": {
        "line 4: not np.any(p) → not not np.any(p); line 1: not np.any(p) → not not np.any(p)": (
            "turned round twice"
        ),
    },
    "max_stable_lr": {
        "line 2: largest > 0 → largest >= 0": "2/0 is inf, which is what λmax = 0 gives anyway",
    },
    "numerical_gradient": {
        "line 2: np.zeros_like → np.ones_like": "every entry is overwritten",
    },
    "unflatten": {
        "line 3: zip(pieces, shapes, strict=True) → zip(pieces, shapes)": "as many pieces as shapes",
        "line 3: True → False": "as many pieces as shapes",
    },
    "relative_error": {
        "line 3: 1 → 2": "the divisor of 0/0, where any number but 0 gives 0",
        "line 3: 1 → 1.5": "the divisor of 0/0, where any number but 0 gives 0",
    },
    "momentum_radius": {
        "line 1: -(1 + mu - lr * curvature) → +(1 + mu - lr * curvature)": (
            "the roots of z² + bz + μ are those of z² − bz + μ with their signs changed: equal sizes"
        ),
    },
    "adam_update_bound": {
        "line 1: 1 - beta1 > np.sqrt(1 - beta2) → 1 - beta1 >= np.sqrt(1 - beta2)": (
            "where the two sides are equal, both cases give lr"
        ),
    },
    "clip_by_global_norm": {
        "line 2: norm > max_norm → norm >= max_norm": "at equality the factor is 1 either way",
    },
}
