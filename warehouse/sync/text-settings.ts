/** How PostgreSQL writes and reads dates and times as text, whatever the database or the role has set. */
export const textSettings = "-c datestyle=ISO -c timezone=UTC -c intervalstyle=postgres";
