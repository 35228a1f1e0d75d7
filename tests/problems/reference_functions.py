"""The plain numpy reference of every basic function: z (n, d) -> (n,), written from the statements, not for speed."""

import numpy as np


def index(z):
    return np.arange(1.0, z.shape[1] + 1.0)


def pairs(z):
    """(z_i, z_{i+1}) for i < d."""
    return z[:, :-1], z[:, 1:]


def ring(z):
    """(z_i, z_{i+1}) for i <= d, with z_{d+1} = z_1."""
    return z, np.roll(z, -1, axis=1)


def sphere(z):
    return (z**2).sum(axis=1)


def bent_cigar(z):
    return z[:, 0] ** 2 + 1e6 * (z[:, 1:] ** 2).sum(axis=1)


def discus(z):
    return 1e6 * z[:, 0] ** 2 + (z[:, 1:] ** 2).sum(axis=1)


def ellipsoid(z):
    return (10.0 ** (6.0 * (index(z) - 1.0) / (z.shape[1] - 1.0)) * z**2).sum(axis=1)


def different_powers(z):
    return np.sqrt((np.abs(z) ** (2.0 + 4.0 * (index(z) - 1.0) / (z.shape[1] - 1.0))).sum(axis=1))


def sharp_ridge(z):
    return z[:, 0] ** 2 + 100.0 * np.sqrt((z[:, 1:] ** 2).sum(axis=1))


def sum_squares(z):
    return (index(z) * z**2).sum(axis=1)


def quartic(z):
    return (index(z) * z**4).sum(axis=1)


def schwefel_1_2(z):
    return (z.cumsum(axis=1) ** 2).sum(axis=1)


def schwefel_2_21(z):
    return np.abs(z).max(axis=1)


def schwefel_2_22(z):
    return np.abs(z).sum(axis=1) + np.abs(z).prod(axis=1)


def zakharov(z):
    s = (0.5 * index(z) * z).sum(axis=1)
    return (z**2).sum(axis=1) + s**2 + s**4


def exponential(z):
    return 1.0 - np.exp(-0.5 * ((z / 100.0) ** 2).sum(axis=1))


def step(z):
    return (np.floor(z + 0.5) ** 2).sum(axis=1)


def rosenbrock(z):
    a, b = pairs(z)
    return (100.0 * ((a + 1.0) ** 2 - (b + 1.0)) ** 2 + a**2).sum(axis=1)


def dixon_price(z):
    i = index(z)
    w = z + 2.0 ** (2.0 ** (1.0 - i) - 1.0)
    before, after = pairs(w)
    return (w[:, 0] - 1.0) ** 2 + (i[1:] * (2.0 * after**2 - before) ** 2).sum(axis=1)


def ackley(z):
    spread = np.sqrt((z**2).mean(axis=1))
    waves = np.cos(2.0 * np.pi * z).mean(axis=1)
    return -20.0 * np.exp(-0.2 * spread) - np.exp(waves) + 20.0 + np.e


def rastrigin(z):
    return (z**2 - 10.0 * np.cos(2.0 * np.pi * z) + 10.0).sum(axis=1)


def noncontinuous_rastrigin(z):
    return rastrigin(np.where(np.abs(z) <= 0.5, z, np.round(2.0 * z) / 2.0))


def bi_rastrigin(z):
    d = z.shape[1]
    s = 1.0 - 1.0 / (2.0 * np.sqrt(d + 20.0) - 8.2)
    m = 2.5 + np.sqrt(5.25 / s)
    second = d + s * ((z + m) ** 2).sum(axis=1)
    return np.minimum((z**2).sum(axis=1), second) + 10.0 * (1.0 - np.cos(2.0 * np.pi * z)).sum(axis=1)


def griewank(z):
    return (z**2).sum(axis=1) / 4000.0 - np.cos(z / np.sqrt(index(z))).prod(axis=1) + 1.0


def griewank_rosenbrock(z):
    a, b = ring(z)
    t = 100.0 * ((a + 1.0) ** 2 - (b + 1.0)) ** 2 + a**2
    return (t**2 / 4000.0 - np.cos(t) + 1.0).sum(axis=1)


def schaffer_f6(z):
    a, b = ring(z)
    t = a**2 + b**2
    return (0.5 + (np.sin(np.sqrt(t)) ** 2 - 0.5) / (1.0 + 0.001 * t) ** 2).sum(axis=1)


def schaffer_f7(z):
    a, b = pairs(z)
    t = a**2 + b**2
    return (np.sqrt(t) * (np.sin(50.0 * t**0.2) + 1.0)).mean(axis=1) ** 2


def bohachevsky(z):
    a, b = pairs(z)
    return (a**2 + 2.0 * b**2 - 0.3 * np.cos(3.0 * np.pi * a) - 0.4 * np.cos(4.0 * np.pi * b) + 0.7).sum(axis=1)


def levy(z):
    w = 1.0 + z / 4.0
    inner, last = w[:, :-1], w[:, -1]
    value = np.sin(np.pi * w[:, 0]) ** 2 + (last - 1.0) ** 2 * (1.0 + np.sin(2.0 * np.pi * last) ** 2)
    return value + ((inner - 1.0) ** 2 * (1.0 + 10.0 * np.sin(np.pi * inner + 1.0) ** 2)).sum(axis=1)


def salomon(z):
    r = np.sqrt((z**2).sum(axis=1))
    return 1.0 - np.cos(2.0 * np.pi * r) + 0.1 * r


def alpine(z):
    return np.abs(z * np.sin(z) + 0.1 * z).sum(axis=1)


def styblinski_tang(z):
    w = z - 2.903534027771177
    return (w**4 - 16.0 * w**2 + 5.0 * w).sum(axis=1) / 2.0 + 39.16616570377142 * z.shape[1]


def root_sine(z):
    w = z - 1.147684348250868
    return (np.sqrt(np.abs(w)) + 2.0 * np.sin(w**3)).sum(axis=1) + 0.9252090583368314 * z.shape[1]


def michalewicz_like(z):
    return (1.0 - np.cos(z) * np.cos(index(z) * z**2 / np.pi) ** 20).sum(axis=1)


def modified_schwefel(z):
    d = z.shape[1]
    w = z + 420.9687462275036
    size = np.abs(w)
    a = 500.0 - (size - 500.0 * np.floor(size / 500.0))
    wave = a * np.sin(np.sqrt(a))
    above = wave - ((w - 500.0) / 100.0) ** 2 / d
    below = -wave - ((w + 500.0) / 100.0) ** 2 / d
    inside = w * np.sin(np.sqrt(size))
    return 418.9828872724338 * d - np.where(size <= 500.0, inside, np.where(w <= 0.0, below, above)).sum(axis=1)


def katsuura(z):
    d = z.shape[1]
    powers = 2.0 ** np.arange(1, 33)
    scaled = z[:, :, None] * powers
    roughness = (np.abs(scaled - np.round(scaled)) / powers).sum(axis=2)
    return 10.0 / d**2 * ((1.0 + index(z) * roughness) ** (10.0 / d**1.2)).prod(axis=1) - 10.0 / d**2


def happycat(z):
    d, y = z.shape[1], z - 1.0
    squares = (y**2).sum(axis=1)
    return np.abs(squares - d) ** 0.25 + (0.5 * squares + y.sum(axis=1)) / d + 0.5


def hgbat(z):
    d, y = z.shape[1], z - 1.0
    squares, line = (y**2).sum(axis=1), y.sum(axis=1)
    return np.sqrt(np.abs(squares**2 - line**2)) + (0.5 * squares + line) / d + 0.5


def weierstrass(z):
    k = np.arange(21)
    waves = (0.5**k * np.cos(2.0 * np.pi * 3.0**k * (z[:, :, None] + 0.5))).sum(axis=(1, 2))
    return waves - z.shape[1] * (0.5**k * np.cos(np.pi * 3.0**k)).sum()


REFERENCES = {
    function.__name__: function
    for function in (
        *(sphere, bent_cigar, discus, ellipsoid, different_powers, sharp_ridge),
        *(sum_squares, quartic, schwefel_1_2, schwefel_2_21, schwefel_2_22, zakharov),
        *(exponential, step, rosenbrock, dixon_price, ackley, rastrigin),
        *(noncontinuous_rastrigin, bi_rastrigin, griewank, griewank_rosenbrock, schaffer_f6, schaffer_f7),
        *(bohachevsky, levy, salomon, alpine, styblinski_tang, root_sine),
        *(michalewicz_like, modified_schwefel, katsuura, happycat, hgbat, weierstrass),
    )
}
