  # Counter-based random numbers. Word i of row b is the (i + 1)th output of SplitMix64 seeded with keys[b] (Steele, Lea and
  # Flood, "Fast splittable pseudorandom number generators", 2014), so no word depends on another row or on a state.
  # Products of int64 wrap; right shifts are arithmetic, hence the masks.
  def random_words(self: __torch__.Kernels, keys: Tensor, count: int) -> Tensor:
    i = torch.arange(1, torch.add(count, 1), dtype=4, layout=None, device=ops.prim.device(keys), pin_memory=False)
    z = torch.add(torch.unsqueeze(keys, 1), torch.mul_(i, -7046029254386353131))
    s = torch.bitwise_and(torch.bitwise_right_shift(z, 30), 17179869183)
    z0 = torch.mul_(torch.bitwise_xor_(z, s), -4658895280553007687)
    s0 = torch.bitwise_and(torch.bitwise_right_shift(z0, 27), 137438953471)
    z1 = torch.mul_(torch.bitwise_xor_(z0, s0), -7723592293110705685)
    s1 = torch.bitwise_and(torch.bitwise_right_shift(z1, 31), 8589934591)
    return torch.bitwise_xor_(z1, s1)                                        # (B, count) int64
  def random_uniform(self: __torch__.Kernels, keys: Tensor, count: int) -> Tensor:
    w = (self).random_words(keys, count)
    u = torch.to(torch.bitwise_and(torch.bitwise_right_shift(w, 40), 16777215), 6)
    return torch.mul(u, 5.9604644775390625e-08)                              # (B, count) float, k / 2^24
  def random_normal(self: __torch__.Kernels, keys: Tensor, count: int) -> Tensor:
    w = (self).random_words(keys, count)                                     # Box-Muller in double: 32 bits each
    a = torch.to(torch.bitwise_and(torch.bitwise_right_shift(w, 32), 4294967295), 7)
    b = torch.to(torch.bitwise_and(w, 4294967295), 7)
    r = torch.sqrt(torch.mul(torch.log(torch.mul(torch.add(a, 0.5), 2.3283064365386963e-10)), -2.))
    return torch.to(torch.mul(r, torch.cos(torch.mul(b, 1.4629180792671596e-09))), 6)  # b * 2 pi / 2^32
  # 1 with probability about 1 - p and 0 otherwise, times scale: four 16-bit lanes a word, lane after lane.
  def random_keep(self: __torch__.Kernels, keys: Tensor, count: int, threshold: int, scale: float, type: int) -> Tensor:
    n = torch.floordiv(torch.add(count, 3), 4)
    w = (self).random_words(keys, n)
    c = torch.bitwise_and(w, 65535)
    d = torch.bitwise_and(torch.bitwise_right_shift(w, 16), 65535)
    e = torch.bitwise_and(torch.bitwise_right_shift(w, 32), 65535)
    f = torch.bitwise_and(torch.bitwise_right_shift(w, 48), 65535)
    k = torch.ge(torch.cat([c, d, e, f], 1), threshold)
    return torch.mul_(torch.to(torch.narrow(k, 1, 0, count), type), scale)   # (B, count)
