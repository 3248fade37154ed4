/**
 * Server settings under which no value that a person wrote reaches PostgreSQL's log: an error's own words quote the value that did not
 * fit, so errors of asks stay out of it (they are in the program's log by their code); what the server says of itself stays.
 */
export const quietLog = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_statement: 'none',
  log_min_duration_statement: -1,
} as const
