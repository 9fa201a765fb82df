-- Which clans were created last?
select id, name, region, created_at
from clans
order by created_at desc, id desc
limit 100;
