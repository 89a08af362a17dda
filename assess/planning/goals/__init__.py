"""The page of goals: `actions` set goals and record readings, `views` show them. Figures are in `advice`."""
