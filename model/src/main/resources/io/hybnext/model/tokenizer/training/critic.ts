  # Two small networks that judge 64 x 64 crops. Weights come flat and split by the lengths of their layouts.
  def lc(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, side: int, stride: int) -> Tensor:
    return torch.conv2d(x, torch.view(w, [torch.size(b, 0), -1, side, side]), b, [stride, stride], [1, 1], [1, 1], 1)
  # PatchGAN discriminator: one logit for every 4 x 4 pixels, each from the 22 x 22 around it.
  def discriminator(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tensor:
    w = torch.split_with_sizes(flat, ${critic_sizes})
    h = torch.leaky_relu((self).lc(x, w[0], w[1], 4, 2), 0.2)
    h = torch.leaky_relu(torch.group_norm((self).lc(h, w[2], w[3], 4, 2), 8, w[4], w[5], 1e-05, False), 0.2)
    h = torch.leaky_relu(torch.group_norm((self).lc(h, w[6], w[7], 3, 1), 8, w[8], w[9], 1e-05, False), 0.2)
    return (self).lc(h, w[10], w[11], 3, 1)
  def adversarial_loss(self: __torch__.Kernels, made: Tensor, flat: Tensor) -> Tensor:
    return torch.neg(torch.mean((self).discriminator(made, flat)))
  # Hinge loss of the discriminator.
  def discriminator_loss(self: __torch__.Kernels, real: Tensor, made: Tensor, flat: Tensor) -> Tensor:
    logits = (self).discriminator(torch.cat([real, torch.detach(made)]), flat)
    r, m, = torch.split(logits, torch.size(real, 0))
    return torch.add(torch.mean(torch.relu(torch.sub(1.0, r))), torch.mean(torch.relu(torch.add(1.0, m))))
  def features(self: __torch__.Kernels, x: Tensor, flat: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    w = torch.split_with_sizes(flat, ${perceptual_sizes})
    a = torch.leaky_relu((self).lc(x, w[0], w[1], 3, 1), 0.1)
    b = torch.leaky_relu((self).lc(torch.leaky_relu((self).lc(a, w[2], w[3], 3, 2), 0.1), w[4], w[5], 3, 1), 0.1)
    return (a, b, torch.leaky_relu((self).lc(b, w[6], w[7], 3, 2), 0.1))
  def direction(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.div(x, torch.sqrt(torch.add(torch.sum(torch.mul(x, x), [1], True), 0.01)))
  def feature_distance(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    d = torch.sub((self).direction(x), (self).direction(y))
    return torch.mean(torch.sum(torch.mul(d, d), [1]))
  # Distance of the feature directions of two crops, summed over three depths (the form of LPIPS).
  def perceptual(self: __torch__.Kernels, made: Tensor, real: Tensor, flat: Tensor) -> Tensor:
    a, b, c, = (self).features(made, flat)
    d, e, f, = (self).features(torch.detach(real), flat)
    return torch.add(torch.add((self).feature_distance(a, d), (self).feature_distance(b, e)), (self).feature_distance(c, f))
  # What the perceptual network learns from: how a crop was distorted (B, 5).
  def distortion_loss(self: __torch__.Kernels, x: Tensor, wanted: Tensor, flat: Tensor) -> Tensor:
    w = torch.split_with_sizes(flat, ${perceptual_sizes})
    a, b, c, = (self).features(x, flat)
    h = torch.mean(torch.leaky_relu((self).lc(c, w[8], w[9], 3, 2), 0.1), [2, 3])
    guess = torch.linear(h, torch.view(w[10], [torch.size(w[11], 0), -1]), w[11])
    return torch.mse_loss(guess, wanted)
