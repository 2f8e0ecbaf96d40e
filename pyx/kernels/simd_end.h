#undef REAL
#undef LANE_INDEX
#undef NAMED
#undef LANES
#undef LOW_LANES
#undef HIGH_LANES
#undef MULTIPLY_ADD
