import { exp, log, sigmoid } from "../../mathematics/assembly/mathematics";

/**
 * Losses by code, row by row. `loss` is a constant wherever these are inlined, so that each loss has a loop of its own.
 * `parameter` is Huber's delta, the quantile's share or Tweedie's variance power. Poisson, gamma and Tweedie learn the logarithm of
 * the mean, and are one family: gradient B - A and hessian (p - 1) A + (2 - p) B for A = y e^((1 - p) s), B = e^((2 - p) s), with a
 * power p of 1 for Poisson and 2 for gamma.
 */
export const LOSS_SQUARED: i32 = 0;
export const LOSS_LOGISTIC: i32 = 1;
export const LOSS_SOFTMAX: i32 = 2;
export const LOSS_ABSOLUTE: i32 = 3;
export const LOSS_HUBER: i32 = 4;
export const LOSS_QUANTILE: i32 = 5;
export const LOSS_POISSON: i32 = 6;
export const LOSS_GAMMA: i32 = 7;
export const LOSS_TWEEDIE: i32 = 8;
/** Gradients and hessians that others wrote, 16 bytes a row. */
export const LOSS_GIVEN: i32 = 9;

/** The part that a row's gradient and hessian share: a probability, B for Poisson, A for gamma and Tweedie, else the score. */
// @ts-ignore: decorator
@inline
export function sharedPart(loss: i32, score: f64, y: f64, normaliser: f64, parameter: f64): f64 {
  if (loss == LOSS_LOGISTIC) return sigmoid(score);
  if (loss == LOSS_SOFTMAX) return exp(score - normaliser);
  if (loss == LOSS_POISSON) return exp(score);
  if (loss == LOSS_GAMMA) return y * exp(-score);
  if (loss == LOSS_TWEEDIE) return y * exp((1.0 - parameter) * score);
  return score;
}

/** Tweedie's B; nothing for the others. */
// @ts-ignore: decorator
@inline
export function secondPart(loss: i32, score: f64, parameter: f64): f64 {
  return loss == LOSS_TWEEDIE ? exp((2.0 - parameter) * score) : 0.0;
}

/** `classNumber` is the class whose score this is, for softmax. */
// @ts-ignore: decorator
@inline
export function gradientOf(loss: i32, shared: f64, second: f64, y: f64, classNumber: f64, parameter: f64): f64 {
  if (loss == LOSS_SOFTMAX) return shared - (y == classNumber ? 1.0 : 0.0);
  if (loss == LOSS_ABSOLUTE) return shared > y ? 1.0 : shared < y ? -1.0 : 0.0;
  if (loss == LOSS_HUBER) return max(-parameter, min(parameter, shared - y));
  if (loss == LOSS_QUANTILE) return shared > y ? 1.0 - parameter : shared < y ? -parameter : 0.0;
  if (loss == LOSS_GAMMA) return 1.0 - shared;
  if (loss == LOSS_TWEEDIE) return second - shared;
  return shared - y;
}

/** `spread` is Friedman's factor for softmax. Losses without a curvature have 1: their leaves are renewed from residuals. */
// @ts-ignore: decorator
@inline
export function hessianOf(loss: i32, shared: f64, second: f64, spread: f64, parameter: f64): f64 {
  if (loss == LOSS_LOGISTIC) return shared * (1.0 - shared);
  if (loss == LOSS_SOFTMAX) return spread * shared * (1.0 - shared);
  if (loss == LOSS_POISSON || loss == LOSS_GAMMA) return shared;
  if (loss == LOSS_TWEEDIE) return (parameter - 1.0) * shared + (2.0 - parameter) * second;
  return 1.0;
}

/**
 * A row's loss at its score: twice the halved squared error; log loss; half the deviance for Poisson, gamma and Tweedie, so that a
 * perfect score has 0. Softmax needs all its scores and is not here.
 */
// @ts-ignore: decorator
@inline
export function lossAt(loss: i32, score: f64, y: f64, parameter: f64): f64 {
  const residual = score - y;
  if (loss == LOSS_SQUARED) return residual * residual;
  if (loss == LOSS_LOGISTIC) {
    const margin = y != 0.0 ? score : -score;
    return margin > 0 ? log(1.0 + exp(-margin)) : log(1.0 + exp(margin)) - margin;
  }
  const size = abs(residual);
  if (loss == LOSS_ABSOLUTE) return size;
  if (loss == LOSS_HUBER) return size <= parameter ? 0.5 * residual * residual : parameter * (size - 0.5 * parameter);
  if (loss == LOSS_QUANTILE) return residual > 0 ? (1.0 - parameter) * residual : -parameter * residual;
  if (loss == LOSS_POISSON) return exp(score) - y + (y > 0 ? y * (log(y) - score) : 0.0);
  if (loss == LOSS_GAMMA) return y * exp(-score) - 1.0 - (log(y) - score);
  const rest = 2.0 - parameter;
  const perfect = y > 0 ? exp(rest * log(y)) / ((1.0 - parameter) * rest) : 0.0;
  return perfect - (y * exp((1.0 - parameter) * score)) / (1.0 - parameter) + exp(rest * score) / rest;
}
